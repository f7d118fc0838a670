"""What does fiador put on paper? Reports: one file each, that opens without a network and prints as it looks."""
