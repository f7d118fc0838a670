"""What does the lender do about a PD? Policy, outcome, reasons, and what is said of them."""
