"""What was refused, counted: a view of each entity, and its figures beside the asset."""
