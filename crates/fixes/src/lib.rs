//! What closes a hole: changes with their undo, who approved them, and the look from outside that proves them.
