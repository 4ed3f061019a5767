"""What rota is drawn with: widgets that are told everything and fetch nothing."""
