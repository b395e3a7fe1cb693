//! What the header of a message says of its way and of what others made of it: evidence, not yet belief.
