package evidence

import _ "embed"

// readme is in every package, and the same in all: a verifier refuses another.
//
//go:embed readme.txt
var readme string
