"""How is a bundle asked over HTTP? JSON into a call, an error into a status, nothing else."""
