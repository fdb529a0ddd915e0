"""A draft of an import without anybody's ids, addresses and names; every packet in it goes the way that it went before."""
