"""Beyond one machine: photos made by the workers of a Dask cluster (the extra ``[cluster]``).

    tasks → parcels → running (with roster, at home) → Dask → bench (on a worker) → landed at home

``connecting`` is the door. What is made is what one machine makes, byte for byte: a worker whose
versions are others is refused, its bench is the crew that works at home, and this process alone
writes. Nothing of Dask is loaded before a cluster is asked for. What holds: ``docs/cluster.md``.
"""
