"""Files for other programs: editors, photo tools, spreadsheets."""
