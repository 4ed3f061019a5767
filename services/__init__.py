"""Everything rota does without a screen. Nothing in here imports textual or rich."""
