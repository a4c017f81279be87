"""From text to padded batches of word ids, and made-up sequences."""
