"""A BPO to look at: two shops, eleven people, two months of finished conversations."""
