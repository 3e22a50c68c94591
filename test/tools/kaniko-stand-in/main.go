// A stand-in for kaniko's executor, which no registry that CI reaches has. It builds nothing: it reads a
// Dockerfile of a few words, and does around the build what kaniko was recorded to do, in the same order
// and with the same texts and exit codes: when the digest file is written, what cache pushes do to it,
// what $BUILDER_OUTPUT gets, what is checked first. The image that it pushes is real and tiny.
package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"
)

func main() {
	if len(os.Args) == 3 && os.Args[1] == "sleep-as-run" {
		sleepAsRun(os.Args[2])
		return
	}
	if len(os.Args) == 2 && os.Args[1] == "look-as-run" {
		lookAsRun()
		return
	}
	if len(os.Args) == 2 && os.Args[1] == "version" {
		fmt.Println("Kaniko version :  v1.28.3-stand-in")
		return
	}
	options, err := parseOptions(os.Args[1:])
	if err != nil {
		fail(1, "Error: %v\n%s", err, usage())
	}
	if options.help {
		fmt.Print(usage())
		return
	}
	if err := build(options); err != nil {
		var run *runError
		if errors.As(err, &run) {
			fail(run.exitCode, "%v", err)
		}
		fail(1, "%v", err)
	}
}

func fail(exitCode int, format string, values ...any) {
	fmt.Fprintf(os.Stderr, format+"\n", values...)
	os.Exit(exitCode)
}

func info(format string, values ...any) {
	message := fmt.Sprintf(format, values...)
	now := time.Now().UTC().Format(time.RFC3339)
	fmt.Fprintf(os.Stderr, "time=%q level=info msg=%q\n", now, message)
}

// Asked once, at start, as kaniko does: the sandbox takes /proc/self/exe away when the first line is logged.
var executableDirectory = sync.OnceValue(func() string {
	path, err := os.Executable()
	if err != nil {
		fail(1, "couldn't determine location of kaniko exe")
	}
	return path[:strings.LastIndex(path, "/")]
})
