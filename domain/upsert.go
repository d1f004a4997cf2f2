package domain

import "slices"

// Upsert returns a copy of list in which change was made to the first element
// that is, or to a new one at the end. The given list stays as it was, so that
// a state can be shared by readers while a later one is folded from it.
func Upsert[T any](list []T, is func(*T) bool, change func(*T)) []T {
	for i := range list {
		if is(&list[i]) {
			changed := slices.Clone(list)
			change(&changed[i])
			return changed
		}
	}
	var fresh T
	change(&fresh)
	return append(slices.Clip(list), fresh)
}
