package seal

import "errors"

// What sealing and opening refuse. Test with errors.Is. The texts that wrap
// them name a rule and a place, never a key or a submitted value.
var (
	// ErrRefused marks what is never sealed: a payload, header or key that
	// breaks the format's rules.
	ErrRefused = errors.New("refused")
	// ErrLeaf says that a text is not a leaf, byte for byte.
	ErrLeaf = errors.New("not a leaf")
	// ErrChain says that a leaf does not continue its record.
	ErrChain = errors.New("the leaf does not continue its record")
	// ErrCipher says that a blob is not the one that its leaf commits to.
	ErrCipher = errors.New("the blob is not the one that the leaf commits to")
	// ErrKey says that key, event id and leaf are not those of the sealing.
	ErrKey = errors.New("the key does not open the blob under this leaf and event id")
	// ErrRoot says that what the blob holds is not what the leaf commits to.
	ErrRoot = errors.New("the payload is not the one that the leaf commits to")
	// ErrErased says that the key was destroyed, and with it the payload. Key
	// stores return errors that match it.
	ErrErased = errors.New("the key was destroyed")
	// ErrDisclosure says that a text is not a disclosure, byte for byte.
	ErrDisclosure = errors.New("not a disclosure")
	// ErrNoField says that the payload has no field of the given path.
	ErrNoField = errors.New("no such field")
)
