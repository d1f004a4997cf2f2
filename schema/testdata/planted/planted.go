package planted

import "time"

func age(since time.Time) (time.Time, time.Duration) { return time.Now(), time.Since(since) }
