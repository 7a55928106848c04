"""Canon EOS bodies emulated: settings, event records, and what one body is made of."""
