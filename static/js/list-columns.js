// The columns of a list.
