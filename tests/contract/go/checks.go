// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"reflect"
	"runtime/debug"
	"strings"
)

// A story tells what happens to people of its own, and checks it.
type story struct {
	name string
	tell func(*world)
}

var (
	count   int
	current string
)

// Prints what was checked, in the Test Anything Protocol: the test that runs the program reads it.
func point(result, what string) {
	count++
	fmt.Printf("%s %d - %s: %s\n", result, count, current, strings.ReplaceAll(what, "\n", " "))
}

// Checks that two values are equal.
func same(seen, wanted any, what string) {
	if !reflect.DeepEqual(seen, wanted) {
		panic(fmt.Sprintf("%s: saw %#v, wanted %#v", what, seen, wanted))
	}
	point("ok", what)
}

// Checks a condition; the first that fails ends the story.
func holds(condition bool, what string) {
	same(condition, true, what)
}

// Returns a result; an error ends the story.
func must[T any](value T, err error) T {
	check(err)
	return value
}

func check(err error) {
	if err != nil {
		panic(err.Error())
	}
}

// Tells each story, also after one that failed; returns the exit code of the program.
func tellAll(w *world, stories []story) int {
	failed := 0
	for _, one := range stories {
		before := count
		current = one.name
		if problem := attempt(w, one); problem != nil {
			failed = 1
			point("not ok", fmt.Sprint(problem))
		} else if count == before {
			failed = 1
			point("not ok", "nothing was checked")
		}
	}
	fmt.Printf("1..%d\n", count)
	return failed
}

func attempt(w *world, one story) (problem any) {
	defer func() {
		if problem = recover(); problem != nil {
			debug.PrintStack()
		}
	}()
	one.tell(w)
	return nil
}
