"""The parts of `toolkit.annotate`: what is marked where, old marks taken off, new marks put on."""
