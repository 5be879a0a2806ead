"""Quantisation tables for photos between 680 and 944 px, as numbers and nothing else.

Origin: jpegli's ``kBaseQuantMatrixYCbCr``, ``k420Rescale`` and ``kExponent`` (google/jpegli,
``lib/jpegli/quant.cc``, BSD-3-Clause, Copyright the JPEG XL Project Authors; numbers only), then
tilted towards this use and rounded to two decimals. The tilt (a slope and a curve over frequency,
a finer DC, the weight of Cb and Cr) came from five minutes' random search for each subsampling at
200 kB and 96 kB, on 512 px crops of 8 photos; on 8 photos that the search had not seen, SSIMULACRA2
rose from 85.25 to 86.10 (4:4:4) and from 85.33 to 85.85 (4:2:0). What stands here is a rounded
mean of the two outcomes, so that luma has one table for both.

Each table is in natural order: row by row, the vertical frequency growing from row to row. Pillow
takes it so and writes it in zigzag order (measured with an unsymmetric table). An entry times the
scale is the quantisation step (see ``encode.scaled_tables``).
"""

from __future__ import annotations

Table = tuple[float, ...]

# Eight numbers a row show the frequencies; the formatter would put one.
# fmt: off

LUMA: Table = (
    0.60, 1.42, 2.61, 2.67, 3.35, 3.60, 4.11, 4.20,
    1.42, 1.79, 2.59, 2.59, 3.47, 3.31, 4.32, 4.39,
    2.61, 2.59, 2.79, 3.33, 3.70, 4.11, 4.05, 4.61,
    2.67, 2.59, 3.33, 3.42, 4.34, 5.13, 5.17, 5.02,
    3.35, 3.47, 3.70, 4.34, 4.86, 5.30, 6.05, 5.97,
    3.60, 3.31, 4.11, 5.13, 5.30, 5.91, 5.54, 6.59,
    4.11, 4.32, 4.05, 5.17, 6.05, 5.54, 5.90, 5.79,
    4.20, 4.39, 4.61, 5.02, 5.97, 6.59, 5.79, 4.62,
)

CB_444: Table = (
    0.94, 2.97, 4.99, 6.54, 7.60, 12.86, 14.77, 24.27,
    2.97, 4.36, 4.98, 8.56, 11.50, 12.57, 21.53, 17.83,
    4.99, 4.98, 6.66, 12.00, 14.18, 18.50, 83.48, 20.55,
    6.54, 8.56, 12.00, 13.10, 12.03, 19.86, 20.67, 30.28,
    7.60, 11.50, 14.18, 12.03, 15.20, 11.98, 16.74, 43.40,
    12.86, 12.57, 18.50, 19.86, 11.98, 26.18, 39.31, 57.28,
    14.77, 21.53, 83.48, 20.67, 16.74, 39.31, 52.09, 74.29,
    24.27, 17.83, 20.55, 30.28, 43.40, 57.28, 74.29, 92.38,
)

CR_444: Table = (
    1.43, 3.01, 5.77, 5.91, 8.57, 9.65, 10.75, 11.56,
    3.01, 4.52, 5.70, 6.56, 8.18, 7.75, 7.89, 10.24,
    5.77, 5.70, 6.05, 6.63, 9.22, 7.76, 9.38, 10.67,
    5.91, 6.56, 6.63, 7.20, 8.47, 9.23, 9.02, 10.34,
    8.57, 8.18, 9.22, 8.47, 7.78, 11.31, 11.09, 10.00,
    9.65, 7.75, 7.76, 9.23, 11.31, 10.52, 12.30, 79.74,
    10.75, 7.89, 9.38, 9.02, 11.09, 12.30, 78.48, 102.49,
    11.56, 10.24, 10.67, 10.34, 10.00, 79.74, 102.49, 138.38,
)

# Coarser sampling already took half of the chroma away, so what is left is kept finer.
CB_420: Table = (
    0.64, 1.20, 1.93, 2.18, 2.20, 3.14, 3.93, 6.60,
    1.20, 1.61, 1.88, 2.36, 3.21, 3.37, 7.36, 4.98,
    1.93, 1.88, 2.43, 3.71, 3.45, 5.89, 23.09, 5.79,
    2.18, 2.36, 3.71, 3.58, 3.66, 5.64, 6.68, 9.39,
    2.20, 3.21, 3.45, 3.66, 3.96, 3.33, 3.68, 13.48,
    3.14, 3.37, 5.89, 5.64, 3.33, 6.81, 10.18, 3.40,
    3.93, 7.36, 23.09, 6.68, 3.68, 10.18, 3.39, 3.41,
    6.60, 4.98, 5.79, 9.39, 13.48, 3.40, 3.41, 26.57,
)

CR_420: Table = (
    0.87, 1.09, 1.99, 1.76, 2.22, 2.11, 2.57, 2.82,
    1.09, 1.50, 1.92, 1.62, 2.05, 1.86, 2.41, 2.56,
    1.99, 1.92, 1.98, 1.83, 2.01, 2.21, 2.32, 2.69,
    1.76, 1.62, 1.83, 1.76, 2.30, 2.35, 2.61, 2.87,
    2.22, 2.05, 2.01, 2.30, 1.82, 2.82, 2.18, 2.78,
    2.11, 1.86, 2.21, 2.35, 2.82, 2.45, 2.85, 4.24,
    2.57, 2.41, 2.32, 2.61, 2.18, 2.85, 4.57, 4.22,
    2.82, 2.56, 2.69, 2.87, 2.78, 4.24, 4.22, 35.65,
)

# Above the knee the low frequencies grow as (scale / knee) to these powers, which are below 1,
# because blocks show there first.
KNEE_SCALE = 2.6
GROWTH: Table = (
    1.00, 0.83, 0.88, 0.91, 1.00, 1.00, 1.00, 1.00,
    0.83, 0.88, 0.89, 0.95, 1.00, 1.00, 1.00, 1.00,
    0.88, 0.89, 0.94, 0.94, 0.99, 1.00, 1.00, 1.00,
    0.91, 0.95, 0.94, 1.00, 1.00, 0.97, 0.97, 1.00,
    1.00, 1.00, 0.99, 1.00, 1.00, 1.00, 1.00, 1.00,
    1.00, 1.00, 1.00, 0.97, 1.00, 1.00, 1.00, 1.00,
    1.00, 1.00, 1.00, 0.97, 1.00, 1.00, 1.00, 1.00,
    1.00, 1.00, 1.00, 1.00, 1.00, 1.00, 1.00, 1.00,
)
