"""The demo office and the notice that is played on the first start."""
