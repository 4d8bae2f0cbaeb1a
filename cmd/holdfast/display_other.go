//go:build windows || darwin

package main

const needsDisplay = false
