//! What was seen of the network and what it means: observation, statistics, thresholds, judgement. It must not know sockets.
