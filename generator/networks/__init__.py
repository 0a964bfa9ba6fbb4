"""Networks: one file each, with its limits, its way of counting and what it refuses."""
