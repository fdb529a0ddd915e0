"""The engine: walks packets over a network of nodes that it knows only by their registered functions."""
