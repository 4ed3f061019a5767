"""What was promised and done, and was it kept? Each promise and each act once, whoever looked."""
