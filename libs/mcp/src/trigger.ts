/**
 * The collection of the empty message with which a source that opens a stream makes itself heard. Nobody has such a
 * collection: the sink refuses it, and the source takes no notice of that.
 */
export const TRIGGER_COLLECTION = '$triggerCollection';
