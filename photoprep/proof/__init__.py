"""The last room: a run becomes what a person looks at."""
