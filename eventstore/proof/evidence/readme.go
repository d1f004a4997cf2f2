package evidence

import _ "embed"

// Both are in every package, and the same in all: a verifier refuses others. So
// a change to either makes another version of the format. The page states the
// sums of both; a test with -update writes them.
var (
	//go:embed readme.txt
	readme string
	//go:embed verifier.html
	page string
)
