// LivenessTests
