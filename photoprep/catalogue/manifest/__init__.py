"""A list of the products among the photos: found, read, laid over what names tell, and written."""
