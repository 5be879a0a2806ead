"""A folder that is watched: what is dropped into it is prepared, whatever happens meanwhile."""
