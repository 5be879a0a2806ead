"""The second room: one picture, whatever it came as, becomes one JPEG that fits.

decode → colour → resize → encode; ``make`` tells that story.
"""
