"""From trees to values. Evaluation is partial: it never guesses and never fails."""
