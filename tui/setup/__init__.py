"""The setup on the screen: one step at a time, checked live, nothing kept before the last."""
