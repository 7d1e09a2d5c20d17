"""The committee's two reports, from figures pushed as other city systems would push them."""
