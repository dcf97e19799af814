"""Proof of effect at every hop: adapter, merged model, GGUF files and servers say the same."""
