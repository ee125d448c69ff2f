"""A BPO to look at: two shops, the people who serve them, and three months of what happened before."""
