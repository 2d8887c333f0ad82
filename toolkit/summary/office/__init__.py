"""责任清单: what an office is responsible for, who falls short, and what it answers; and which unit each office is."""
