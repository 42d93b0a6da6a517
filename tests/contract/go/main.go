// SPDX-License-Identifier: Apache-2.0

// Programs on the genuine supertokens-golang, against a core: `contract tour http://localhost:3567`.
package main

import "os"

func main() {
	programs := map[string]func(core string) int{"tour": tour, "second_factor": secondFactor}
	os.Exit(programs[os.Args[1]](os.Args[2]))
}
