package main

import (
	"runtime"
	"testing"
)

func TestAServerWorksWhileItsWritersWaitForTheDisk(t *testing.T) {
	defer runtime.SetDefaultGOMAXPROCS()
	t.Setenv("GOMAXPROCS", "")
	runtime.SetDefaultGOMAXPROCS()
	alone := runtime.GOMAXPROCS(0)
	for range 2 { // a second server in the process does not ask for more
		untiringly()
		if got := runtime.GOMAXPROCS(0); got != alone+waitForDisk {
			t.Errorf("%d places to run, want %d", got, alone+waitForDisk)
		}
	}
	t.Setenv("GOMAXPROCS", "1")
	runtime.GOMAXPROCS(1)
	if untiringly(); runtime.GOMAXPROCS(0) != 1 {
		t.Error("who set how many there are did not decide")
	}
}
