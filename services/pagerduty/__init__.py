"""What PagerDuty knows of our incidents and rotas: asked for here, in our words elsewhere."""
