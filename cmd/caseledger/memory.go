package main

import (
	"bufio"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
)

// servingGC is how much may be allocated, in percent of what is in use, before a
// server collects garbage. At the 50 of other commands a fifth of its processor
// time went into collecting.
const servingGC = 200

// spaciously lets a server use memory to save processor time, up to half of what
// the machine has; from there on garbage is collected as often as it takes. Who
// sets GOGC or GOMEMLIMIT decides.
func spaciously() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(servingGC)
	}
	if most := machineMemory(); most > 0 && os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(most / 2)
	}
}

// waitForDisk is how many of a server's threads wait for a disk as a rule: the
// writers of its two journals.
const waitForDisk = 2

// untiringly lets a server work while some of its threads wait for a disk. The
// runtime has as many places to run as the machine has processors, and takes its
// place from a thread that waits only after a while: of two processors one stood
// still meanwhile. Who sets GOMAXPROCS decides.
func untiringly() {
	if os.Getenv("GOMAXPROCS") == "" {
		runtime.SetDefaultGOMAXPROCS() // what the machine, or the container, lets a process have
		runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) + waitForDisk)
	}
}

// machineMemory is how many bytes the machine, or the container, lets a process
// have; 0 where the system does not say.
func machineMemory() int64 {
	most := int64(0)
	if f, err := os.Open("/proc/meminfo"); err == nil {
		defer f.Close()
		for lines := bufio.NewScanner(f); lines.Scan() && most == 0; {
			var kilobytes int64
			if n, _ := fmt.Sscanf(lines.Text(), "MemTotal: %d kB", &kilobytes); n == 1 {
				most = kilobytes << 10
			}
		}
	}
	text, err := os.ReadFile("/sys/fs/cgroup/memory.max")
	if err != nil {
		return most
	}
	if limit, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64); err == nil && (most == 0 || limit < most) {
		return limit
	}
	return most // "max"
}
