package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"caseledger/adapters/client"
	"caseledger/adapters/httpapi"
	"caseledger/domain/policy"
	"caseledger/domain/settings"
	"caseledger/eventstore/journal"
	"caseledger/eventstore/storebench"
)

// What the measurements of the API do, and are held to.
const (
	apiConnections = 64
	apiEntries     = 50    // of a record before the next is opened
	apiActs        = 5_000 // a second
	apiReads       = 3_000 // a second
	apiBusy        = 0.9   // of the processors, when nothing but them is the limit
	memoryParts    = 10
	memorySamples  = 10  // of a part
	memoryGrowth   = 1.1 // of the last parts to those in the middle
)

// newBenchServer is what bench api, bench feed and bench memory run. It serves without
// limits on who asks how often, which one caller would reach.
func newBenchServer(to streams) *cobra.Command {
	b := &bench{to: to}
	cmd := &cobra.Command{Use: "server DATA", Short: "Serve a ledger until stopped", Hidden: true, Args: exactly(1)}
	cmd.Flags().StringVar(&b.profile, "profile", "", "file for a profile of the processor")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return b.profiled(func() error {
			return serveLedger(cmd.Context(), place{dir: args[0]}, serveFlags{listen: "127.0.0.1:0", admin: "127.0.0.1:0"}, streams{to.out, io.Discard})
		})
	}
	return cmd
}

// apiServer is a served ledger, in a process of its own.
type apiServer struct {
	cmd        *exec.Cmd
	url, admin string
	token      string
	transport  *http.Transport
}

// served does something while a new ledger is served.
func (b *bench) served(ctx context.Context, do func(*apiServer) error) error {
	return b.scratch(func() error {
		p := place{dir: filepath.Join(b.dir, "ledger")}
		if err := create(ctx, p, settings.LedgerCreated{Ledger: "localhost/bench", Nation: string(policy.England)}, streams{io.Discard, io.Discard}); err != nil {
			return err
		}
		s := &apiServer{transport: &http.Transport{MaxIdleConnsPerHost: apiConnections}}
		err := onTokens(p.dir, func(t *httpapi.Tokens) (err error) {
			s.token, err = t.Add(httpapi.Caller{ID: "bench", Role: "manager", Agency: "anytown"})
			return err
		})
		if err != nil {
			return err
		}
		if err := s.start(p.dir, b); err != nil {
			return err
		}
		err = do(s)
		s.transport.CloseIdleConnections()
		return errors.Join(err, s.cmd.Process.Signal(os.Interrupt), s.cmd.Wait())
	})
}

// start starts the process, and returns when it listens.
func (s *apiServer) start(dir string, b *bench) error {
	program, err := os.Executable()
	if err != nil {
		return err
	}
	args := []string{"bench", "server", dir}
	if b.profile != "" {
		args = append(args, "--profile", b.profile+".server")
	}
	s.cmd = exec.Command(program, args...)
	s.cmd.Stderr = b.to.err
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := s.cmd.Start(); err != nil {
		return err
	}
	for lines := bufio.NewScanner(out); s.url == "" && lines.Scan(); {
		switch name, address, _ := strings.Cut(lines.Text(), " on "); name {
		case "Admin":
			s.admin = address
		case "Listening":
			s.url = address
		}
	}
	if s.url == "" {
		return errors.Join(errors.New("the server does not listen"), s.cmd.Wait())
	}
	return nil
}

// cpu is the processor time that the server has used; 0 where the system does
// not say.
func (s *apiServer) cpu() time.Duration {
	used, _, _ := storebench.Used(s.cmd.Process.Pid)
	return used
}

// apiCaller is one connection, with a record that it works on.
type apiCaller struct {
	*client.Client
	number   int
	opened   int // records
	record   string
	revision int64
	position int64           // in the ledger, of its last act
	entries  int64           // that its acts recorded
	did      int             // requests of a mixed load
	took     []time.Duration // of each request since it was looked at
}

// callers are the connections, each with a record.
func (s *apiServer) callers(ctx context.Context) ([]*apiCaller, error) {
	c := &client.Client{URL: s.url, Token: s.token, Purpose: "assessment", Basis: "children-act-1989-s17", HTTP: &http.Client{Transport: s.transport}}
	all := make([]*apiCaller, apiConnections)
	for i := range all {
		all[i] = &apiCaller{Client: c, number: i}
	}
	if err := storebench.Each(ctx, all, len(all), func(a *apiCaller, _ int) error { return a.open(ctx) }); err != nil {
		return nil, err
	}
	first := all[0]
	done, err := first.PersonIdentify(ctx, client.Act{Key: "identify", Revision: first.revision}, first.record, client.PersonIdentifyQuery{},
		client.PersonIdentify{Happened: "2026-01-05", Kind: "la-child-id", Value: "AT1", Source: "authority"})
	first.revision, first.position = done.Revision, done.Position
	return all, err
}

// open opens the caller's next record.
func (a *apiCaller) open(ctx context.Context) error {
	done, err := a.PersonRegister(ctx, client.Act{Key: fmt.Sprintf("open-%d-%d", a.number, a.opened)}, client.PersonRegisterQuery{},
		client.PersonRegister{Happened: "2026-01-05", Person: fmt.Sprintf("%016x%016x", a.number+1, a.opened)})
	a.opened, a.record, a.revision = a.opened+1, done.Record, done.Revision
	a.position, a.entries = done.Position, a.entries+done.Entries
	return err
}

// act records a name; a record that has enough of them is followed by a new one.
func (a *apiCaller) act(ctx context.Context) error {
	if a.revision >= apiEntries {
		return a.open(ctx)
	}
	done, err := a.PersonName(ctx, client.Act{Key: strconv.FormatInt(a.revision, 10), Revision: a.revision}, a.record, client.PersonNameQuery{},
		client.PersonName{Happened: "2026-01-05", Kind: "legal", Given: "Ann", Family: "Example"})
	if err == nil {
		a.revision, a.position, a.entries = done.Revision, done.Position, a.entries+done.Entries
	}
	return err
}

func (a *apiCaller) view(ctx context.Context) error {
	_, err := a.RecordRead(ctx, a.record, client.RecordReadQuery{})
	return err
}

func (a *apiCaller) enquire(ctx context.Context) error {
	_, err := a.RegisterEnquire(ctx, client.RegisterEnquire{Kind: "la-child-id", Value: "AT1"})
	return err
}

// ask reads a page that does nothing.
func (a *apiCaller) ask(ctx context.Context, url string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	res, err := a.HTTP.Do(req)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, res.Body)
	return errors.Join(err, res.Body.Close())
}

// api measures a server process over loopback: the measurement shares the
// processors with it.
func (b *bench) api(ctx context.Context) error {
	return b.served(ctx, func(s *apiServer) error {
		callers, err := s.callers(ctx)
		if err != nil {
			return err
		}
		return b.asked(ctx, s, callers)
	})
}

// apiSide is one kind of request, in turns with the others.
type apiSide struct {
	name   string
	target float64 // requests a second; 0 for none
	do     func(*apiCaller) error
	rates  []float64
	took   []time.Duration
	times  int
	lasted time.Duration
	used   time.Duration // by the server
	own    time.Duration // by this process
}

// busy is the share of the processors that both processes used.
func (side *apiSide) busy() float64 {
	return (side.used + side.own).Seconds() / side.lasted.Seconds() / float64(runtime.NumCPU())
}

// asked lets the kinds of requests, a page that does nothing and the journal
// alone take turns.
func (b *bench) asked(ctx context.Context, s *apiServer, callers []*apiCaller) error {
	sides := []*apiSide{
		{name: "a page that does nothing", do: func(a *apiCaller) error { return a.ask(ctx, s.admin+"/livez") }},
		{name: "acts", target: apiActs, do: func(a *apiCaller) error { return a.act(ctx) }},
		{name: "records viewed", target: apiReads, do: func(a *apiCaller) error { return a.view(ctx) }},
		{name: "register enquiries", target: apiReads, do: func(a *apiCaller) error { return a.enquire(ctx) }},
	}
	var alone []float64
	err := b.withJournal(func(store *journal.Store) error {
		writers := storebench.NewWorkload(1).Writers(apiConnections)
		for range benchTurns {
			done, err := storebench.Turn(ctx, writers, b.turn(), func(w *storebench.Writer) error {
				_, err := w.Append(ctx, store, 1)
				return err
			})
			if err != nil {
				return err
			}
			alone = append(alone, float64(done.Times)/done.Took.Seconds())
			for _, side := range sides {
				if err := side.turn(ctx, s, callers, b.turn()); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, side := range sides {
		b.side(side, sides[0].rates)
	}
	against := storebench.Result{Work: "api", Case: "acts, against the journal alone", Unit: "events/s"}
	against.Against(sides[1].rates, alone)
	b.add(against)
	return nil
}

// turn makes requests over all connections.
func (side *apiSide) turn(ctx context.Context, s *apiServer, callers []*apiCaller, lasts time.Duration) error {
	used := s.cpu()
	done, err := storebench.Turn(ctx, callers, lasts, func(a *apiCaller) error {
		began := time.Now()
		err := side.do(a)
		a.took = append(a.took, time.Since(began))
		return err
	})
	if err != nil {
		return err
	}
	used = s.cpu() - used
	side.rates = append(side.rates, float64(done.Times)/done.Took.Seconds())
	side.times, side.lasted, side.used, side.own = side.times+done.Times, side.lasted+done.Took, side.used+used, side.own+done.CPU
	for _, a := range callers {
		side.took, a.took = append(side.took, a.took...), nil
	}
	return nil
}

// side adds the results of one kind of request.
func (b *bench) side(side *apiSide, bare []float64) {
	r := storebench.Result{Work: "api", Case: side.name, Unit: "requests/s", CPU: storebench.Number(float64(side.used.Microseconds()) / float64(side.times))}
	r.Against(side.rates, bare)
	if side.target == 0 {
		r.Limit, r.Ratio, r.Turns = 0, 0, ""
	} else {
		r.Reach(fmt.Sprintf("≥ %v, or %v of the processors' time used", side.target, apiBusy), float64(r.Value) >= side.target || side.busy() >= apiBusy)
	}
	b.add(r)
	b.add(storebench.Result{Work: "api", Case: side.name + ", of the processors' time used", Value: storebench.Number(side.busy()), Unit: "share"})
	for _, percent := range []int{50, 99} {
		b.add(storebench.Result{Work: "api", Case: fmt.Sprintf("%s, %d in 100 within", side.name, percent), Value: milliseconds(storebench.Percentile(side.took, percent)), Unit: "ms"})
	}
}

// memory measures what a server holds while acts, views and enquiries go on.
func (b *bench) memory(ctx context.Context) error {
	return b.served(ctx, func(s *apiServer) error {
		callers, err := s.callers(ctx)
		if err != nil {
			return err
		}
		var held [memoryParts]int64
		sampling, stop := context.WithCancel(ctx)
		defer stop()
		var samples sync.WaitGroup
		samples.Go(func() { b.sample(sampling, s, &held) })
		used, began := s.cpu(), time.Now()
		done, err := storebench.Turn(ctx, callers, b.duration, func(a *apiCaller) error {
			if b.rate > 0 {
				time.Sleep(time.Until(began.Add(time.Duration(a.did*apiConnections+a.number) * time.Second / time.Duration(b.rate))))
			}
			a.did++
			switch a.did % 4 {
			case 0:
				return a.enquire(ctx)
			case 1:
				return a.view(ctx)
			}
			return a.act(ctx)
		})
		used = s.cpu() - used
		stop()
		samples.Wait()
		if err != nil {
			return err
		}
		b.held(done, used, held)
		return nil
	})
}

// sample notes the most that the server holds in each part of the time.
func (b *bench) sample(ctx context.Context, s *apiServer, held *[memoryParts]int64) {
	every := max(time.Millisecond, b.duration/(memoryParts*memorySamples))
	tick := time.NewTicker(every)
	defer tick.Stop()
	began := time.Now()
	for {
		part := min(memoryParts-1, int(time.Since(began)*memoryParts/b.duration))
		_, resident, _ := storebench.Used(s.cmd.Process.Pid)
		held[part] = max(held[part], resident)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (b *bench) held(done storebench.Done, used time.Duration, held [memoryParts]int64) {
	b.add(storebench.Result{Work: "memory", Case: "acts (half), views and enquiries", Unit: "requests/s",
		Value: storebench.Number(float64(done.Times) / done.Took.Seconds()), CPU: storebench.Number(float64(used.Microseconds()) / float64(done.Times))})
	for i := range held {
		if held[i] == 0 && i > 0 { // no sample fell into this part
			held[i] = held[i-1]
		}
		b.add(storebench.Result{Work: "memory", Case: fmt.Sprintf("held by the server until %v", b.duration*time.Duration(i+1)/memoryParts), Value: storebench.Number(float64(held[i]) / 1e6), Unit: "MB"})
	}
	middle, end := max(held[3], held[4], held[5]), max(held[7], held[8], held[9])
	grown := storebench.Result{Work: "memory", Case: "the last three parts, of the three in the middle", Value: storebench.Number(float64(end) / float64(max(middle, 1))), Unit: "times"}
	grown.Reach(fmt.Sprintf("≤ %v", memoryGrowth), float64(grown.Value) <= memoryGrowth)
	b.add(grown)
}
