"""Programs that are measured: the references, and the dashboard on a canned feed."""
