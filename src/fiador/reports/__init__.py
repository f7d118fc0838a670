"""What do the reports on data and on models show, and how are they drawn? One file each, whole without a network."""
